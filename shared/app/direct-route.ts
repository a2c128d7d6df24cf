// What the route `direct` needs and no other, as one part that is loaded at once.
export { checkAuthority } from '../clusters/certificates.ts';
export { readText } from '../clusters/read-text.ts';
export { createKubeletClient } from '../kube/create-kubelet-client.ts';
export { createDirectSource } from '../sources/direct-source.ts';
