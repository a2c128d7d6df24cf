import { describe, expect, it } from 'vitest';
import { parseSourceOptions, SOURCE_OPTIONS, sourceNotices } from '../../../shared/clusters/source-options.ts';
import { describeOptions } from '../../../shared/config/describe-options.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { ConfigError } from '../../../shared/core/errors.ts';

function problemsOf(rest: string): readonly string[] {
  try {
    parseSourceOptions(parseUri(`kubernetes.summary_api:${rest}`, {}));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ problem }) => problem);
    throw error;
  }
  return [];
}

describe('parseSourceOptions', () => {
  it.each([
    "''",
    "''?inClusterConfig=false&auth=/etc/kubeconfig",
    'https://h:6443?inClusterConfig=false&insecure=true',
    'https://h?kubeletPort=10250&kubeletHttps=true&useServiceAccount=true',
    '?auth=',
    '?auth=/k&context=prod&useServiceAccount=1&insecure=t',
  ])('takes %s', (rest) => {
    expect(problemsOf(rest)).toEqual([]);
  });

  it.each([
    ['?inClusterConfg=false', 'unknown option "inClusterConfg"; did you mean "inClusterConfig"? allowed are '],
    ['?inClusterConfig=no', 'inClusterConfig must be true or false, got "no"'],
    ['?inClusterConfig=false', 'inClusterConfig=false needs an address, https://HOST:PORT, or auth= with a kubeconfig'],
    ['?auth=/k&inClusterConfig=true', 'auth cannot be used with inClusterConfig=true: '],
    [
      'https://h?auth=/k&token=a',
      'auth cannot be used with a host, token: the kubeconfig says how to reach the cluster',
    ],
    ['https://u:p@h?token=a&token_file=b', 'token, token_file, a user in the address are several logins; give one'],
    ['?context=a', 'context needs auth: it is a context of a kubeconfig'],
    ['https://h?insecure=true&ca_file=/a', 'insecure cannot be used with ca_file: it turns verification off'],
    ['api.example:6443', 'the address lacks a scheme; write https://api.example:6443'],
    ['10.0.0.1:6443', 'the address lacks a scheme; write https://10.0.0.1:6443'],
    ['htps://h', 'unknown scheme "htps"; did you mean "https"? an API server is https://HOST:PORT'],
    ['eks://eu-west-1', 'the address of a cluster at EKS is eks://REGION/NAME'],
    ['/some/path', 'the address must be https://HOST:PORT'],
    ['?route=agent', 'route must be one of proxy, direct, metrics-api, auto, got "agent"'],
    [
      '?route=direct&kubelet_insecure_tls=true&kubelet_ca_file=/ca.pem',
      'kubelet_insecure_tls cannot be used with kubelet_ca_file',
    ],
    [
      '?route=direct&kubeletHttps=false&kubelet_ca_file=/ca.pem',
      'kubeletHttps=false cannot be used with kubelet_ca_file',
    ],
    ['?max_requests_per_sec=0', 'max_requests_per_sec must be a whole number from 1 to 100000'],
    ['?kubeletPort=70000', 'kubeletPort must be a whole number from 1 to 65535, got "70000"'],
  ])('refuses %s', (rest, problem) => {
    const problems = problemsOf(rest);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('reports every problem at once', () => {
    expect(problemsOf('htps://h?insecure=x&nope=1')).toHaveLength(3);
  });
});

function noticesOf(query: string): readonly string[] {
  const uri = parseUri(`kubernetes.summary_api:${query}`, {});
  return sourceNotices(uri, parseSourceOptions(uri)).map(({ notice }) => notice.split(':')[0] ?? '');
}

describe('sourceNotices', () => {
  it('explain what has no effect', () => {
    expect(noticesOf('?kubeletPort=10255&kubeletHttps=false')).toEqual([
      'kubeletPort has no effect with route=proxy',
      'kubeletHttps has no effect with route=proxy',
    ]);
    expect(noticesOf('?route=metrics-api&only_cpu_and_memory=true&kubelet_insecure_tls=true')).toEqual([
      'kubelet_insecure_tls has no effect with route=metrics-api',
      'only_cpu_and_memory has no effect with route=metrics-api',
    ]);
  });

  it('say nothing of what has one', () => {
    expect(noticesOf('?route=direct&kubeletPort=10255&kubeletHttps=false&only_cpu_and_memory=true')).toEqual([]);
    expect(noticesOf('?route=auto&kubelet_ca_file=/ca.pem&kubelet_local_addresses=true')).toEqual([]);
  });
});

describe('SOURCE_OPTIONS', () => {
  it('are described for the docs', () => {
    expect(describeOptions(SOURCE_OPTIONS).find(({ name }) => name === 'insecure')).toMatchObject({
      type: 'true or false',
      default: 'false',
    });
  });
});
