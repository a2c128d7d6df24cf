// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { describe, expect, it } from 'vitest';
import { functionSettings } from '../../../infra/azure/function-settings.ts';

const SOURCE = 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}';
const SINK = 'influxdb:http://influx.example:8086?user=heapless&pw=$INFLUX_PW';

describe('the app settings of a deployment', () => {
  it('are the configuration, references to secrets as they are written, and the variables that it names', async () => {
    const env = { PATH: '/bin', HEAPLESS_SOURCE: SOURCE, HEAPLESS_SINK: SINK, INFLUX_PW: 'x', HEAPLESS_LOG_LEVEL: '' };

    expect(await functionSettings(env)).toEqual({ HEAPLESS_SOURCE: SOURCE, HEAPLESS_SINK: SINK, INFLUX_PW: 'x' });
  });

  it.each([
    [{}, /HEAPLESS_SOURCE: is not set.*\n.*HEAPLESS_SINK: is not set/],
    [{ HEAPLESS_AZURE_CALLERS: 'x' }, /HEAPLESS_AZURE_CALLERS: is set by the template itself; unset it/],
    [{ HEAPLESS_SOURCE: SOURCE, HEAPLESS_SINK: SINK }, /INFLUX_PW/],
    [{ HEAPLESS_SOURCE: SOURCE, HEAPLESS_SINK: 'log:', HEAPLESS_SINKS: 'x' }, /HEAPLESS_SINKS.*did you mean/],
    [{ HEAPLESS_SOURCE: `${SOURCE}&nope=1`, HEAPLESS_SINK: 'log:' }, /nope/],
  ])('are refused: %j', async (env, said) => {
    await expect(functionSettings(env)).rejects.toThrow(said);
  });
});
