import { besideUrl, startBeside } from '#targets/processes/index.ts';

/** The schema registry that the test run's cluster has beside it: started by the first test that asks, ended with the run. Each test lives under its own prefix. */
export const testRegistry = (): Promise<string> => beside('schema-registry');

/** The Connect worker beside the test run's cluster, likewise. */
export const testConnect = (): Promise<string> => beside('connect');

async function beside(name: 'connect' | 'schema-registry'): Promise<string> {
  const directory = process.env.KAAS_TEST_DIRECTORY ?? '';
  await startBeside(directory, [name]);
  return besideUrl(directory, name) as string;
}
