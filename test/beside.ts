import { besideUrl, startBeside } from '#targets/processes/index.ts';

/** The schema registry that the test run's cluster has beside it: started by the first test that asks, ended with the run. Each test lives under its own prefix. */
export async function testRegistry(): Promise<string> {
  const directory = process.env.KAAS_TEST_DIRECTORY ?? '';
  await startBeside(directory, ['schema-registry']);
  return besideUrl(directory, 'schema-registry') as string;
}
