/** A stable code of an error: what it means, and what to do. */
export interface ErrorCode {
  readonly code: string;
  readonly meaning: string;
  readonly advice: string;
}

/** Every code of a `HeaplessError`. Codes never change their meaning: alarms and scripts may match them. */
export const ERROR_CODES: readonly ErrorCode[] = [
  {
    code: 'config_invalid',
    meaning: 'The configuration has problems; all of them are told at once.',
    advice: 'Correct what the message names.',
  },
  {
    code: 'caller_forbidden',
    meaning: 'A function was called by an identity that is known and may not call it.',
    advice: 'Add its id to the callers that the message names, if it is one of yours.',
  },
  {
    code: 'caller_unchecked',
    meaning: 'A function cannot tell its callers apart, and lets nobody in.',
    advice: 'See its log: a setting is missing, or the keys of the platform cannot be read.',
  },
  {
    code: 'caller_unknown',
    meaning: 'A function was called without a valid token of the platform.',
    advice: 'Nothing, if a stranger tries; else check the identity that calls, and the audience that it asks for.',
  },
  {
    code: 'cluster_address',
    meaning: 'The API server has no usable address.',
    advice: 'Check the host of the source URI or the server of the kubeconfig.',
  },
  {
    code: 'cluster_certificate',
    meaning: 'The certificate authority or client certificate cannot be used.',
    advice: 'Check the PEM texts and files that the message names.',
  },
  {
    code: 'cluster_cloud',
    meaning: "The cloud's API that tells where a cluster is did not answer as it should, or refused us.",
    advice: 'Follow the message: it names the right that is missing, or what could not be reached.',
  },
  {
    code: 'cluster_credentials',
    meaning: "No credentials of the cluster's cloud are to be had, or they have ended.",
    advice: 'Check the role or identity that the function runs as; the message names where it looked.',
  },
  {
    code: 'cluster_unknown',
    meaning: 'The cloud knows no such cluster, or it is not running.',
    advice:
      'Check region, project or subscription and the name in the source; the message has the command that lists them.',
  },
  {
    code: 'cluster_file',
    meaning: 'A file of the kubeconfig or of the pod cannot be read.',
    advice: 'Check the path and its rights.',
  },
  {
    code: 'cluster_kubeconfig',
    meaning: 'The kubeconfig is missing, damaged, or has no such context, cluster or user.',
    advice: 'Check it with `kubectl --kubeconfig … config view`.',
  },
  {
    code: 'cluster_plugin',
    meaning: 'The exec plugin of the kubeconfig failed or answered no credential.',
    advice: 'Run its command by hand; the message has its last words.',
  },
  {
    code: 'cluster_token',
    meaning: 'The token cannot be read or renewed.',
    advice: 'Check the token file, or sign in again.',
  },
  {
    code: 'deadline_exceeded',
    meaning: 'Work did not end in its time.',
    advice: 'Nothing, if it is rare; else raise the timeout that the message names.',
  },
  {
    code: 'decode_invalid',
    meaning: 'A document is not what it claims to be.',
    advice: 'The message says which; a proxy between is the usual cause.',
  },
  {
    code: 'protobuf_invalid',
    meaning: 'A message in protobuf is cut short or damaged.',
    advice: 'Nothing, if it is rare: the list is asked for again in JSON or counted as failed.',
  },
  {
    code: 'event_invalid',
    meaning: 'A function was called with what is no request of this version.',
    advice: 'Deploy all functions together; only the tick calls the others.',
  },
  {
    code: 'invoke_failed',
    meaning: 'A function that runs a shard or the reduction threw, or answered nothing usable.',
    advice: 'See the log of that function.',
  },
  {
    code: 'invoke_refused',
    meaning: 'The platform did not run a function, or it was not back by the deadline.',
    advice: 'Check the right to invoke it and the concurrency quota.',
  },
  {
    code: 'invoke_too_large',
    meaning: 'A request is larger than the platform takes.',
    advice: 'Lower --shard-size or --group-limit.',
  },
  {
    code: 'secret_missing',
    meaning: 'A secret that a URI names does not exist.',
    advice: 'Create it under that name, in the same region.',
  },
  {
    code: 'secret_refused',
    meaning: 'A secret may not be read.',
    advice: 'Give the function the right to read it.',
  },
  {
    code: 'sink_credentials',
    meaning: 'A sink has no credentials to send with.',
    advice: 'Set what the message names.',
  },
  {
    code: 'sink_refused',
    meaning: 'A backend answered that it does not take a request.',
    advice: 'The message has its words; points are counted as rejected, or kept for later if it may pass.',
  },
  {
    code: 'sink_unreachable',
    meaning: 'A backend gave no answer.',
    advice: 'Check address, network and certificate; what may be sent later is kept.',
  },
  {
    code: 'sink_window',
    meaning: 'A backend takes no points of that time.',
    advice: 'Check the clock; older points come from the backlog and are counted.',
  },
  {
    code: 'state_aborted',
    meaning: 'There was no time left for the state store.',
    advice: 'Nothing, if it is rare; else give the tick more time.',
  },
  {
    code: 'state_forbidden',
    meaning: 'The state store refuses the credentials or their rights.',
    advice: 'Give the function the rights that the message names.',
  },
  {
    code: 'state_key_invalid',
    meaning: 'A name cannot be a key of the store.',
    advice: 'Choose a shorter cluster name.',
  },
  {
    code: 'state_lock_lost',
    meaning: 'Another process took the lock of a file away because it was held for too long.',
    advice: 'Put the folder on a faster disk, or run one process.',
  },
  {
    code: 'state_too_large',
    meaning: 'An object in the state store is larger than any that Heapless writes.',
    advice: 'Find out who wrote it, and delete it: until then what it stands for starts anew at every tick.',
  },
  {
    code: 'state_unavailable',
    meaning: 'The state store does not answer or fails.',
    advice: 'Nothing, if it passes: a tick goes on without it and says what it could not save.',
  },
  {
    code: 'tick_failed',
    meaning: 'A tick came to nothing: no node answered, or no sink took anything.',
    advice: 'See the report in the log line before it.',
  },
];
