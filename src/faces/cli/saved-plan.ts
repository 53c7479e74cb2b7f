import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import { isJsonObject } from '#model/json.ts';
import type { Plan } from '#model/plan.ts';
import { Usage } from './usage.ts';

/** Reads what `plan --out` wrote. Throws a `Fault` when it is no saved plan, a `Usage` when it is another environment's. */
export async function readSavedPlan(directory: string, file: string, environment: string): Promise<Plan> {
  const text = await readFile(resolve(directory, file), 'utf8').catch(error => {
    throw new Fault('files/not-read', `The plan could not be read from ${file}: ${(error as Error).message}`);
  });
  const value = parsed(text);
  if (!isJsonObject(value) || value.schemaVersion !== 1 || !Array.isArray(value.changes) || !isJsonObject(value.clusters))
    throw new Fault('cli/no-saved-plan', `${file} is no saved plan.`, { remedy: '`kaas plan ENV --out FILE` saves one.' });
  const plan = value as unknown as Plan;
  if (plan.environment !== environment)
    throw new Usage(`${file} is a plan of \`${plan.environment}\`, not of \`${environment}\`.`);
  return plan;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
