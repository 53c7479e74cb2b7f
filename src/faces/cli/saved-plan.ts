import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Outside } from '#flow/outside.ts';
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
  if (!isJsonObject(value) || value.schemaVersion !== 1 || !isJsonObject(value.clusters) || !Array.isArray(value.changes))
    throw noPlan(`${file} is no saved plan.`);
  if (
    ![value.policyDigest, ...value.changes.map(each => isJsonObject(each) && each.digest)].every(each => typeof each === 'string')
  )
    throw noPlan(`${file} is no saved plan any more: it was changed.`);
  const { confirmed = [] } = value;
  if (!Array.isArray(confirmed) || !confirmed.every(each => typeof each === 'string'))
    throw noPlan(`${file} is no saved plan any more: its confirmations were changed.`);
  const plan = value as unknown as Plan;
  if (plan.environment !== environment)
    throw new Usage(`${file} is a plan of \`${plan.environment}\`, not of \`${environment}\`.`);
  return plan;
}

const noPlan = (message: string): Fault =>
  new Fault('cli/no-saved-plan', message, { remedy: '`kaas plan ENV --out FILE` saves one.' });

/** Throws a `Usage` for a narrowing or a confirmation that the saved plan was made without: it would have no effect. */
export function requireSame(saved: Plan, given: { narrowed: boolean; confirmed: readonly string[] }): void {
  if (given.narrowed) throw new Usage('--plan applies exactly that plan: narrow it with `kaas plan --out`, not here.');
  const more = given.confirmed.find(each => !saved.confirmed?.includes(each));
  if (more !== undefined)
    throw new Usage(
      `--plan applies exactly that plan: confirm with \`kaas plan --confirm-delete ${more} --out FILE\`, not here.`,
    );
}

/** Throws a `Fault` where the file was changed by hand: what it holds is not what its digest stands for. */
export async function requireWhole(outside: Outside, file: string, saved: Plan): Promise<void> {
  const { isWhole } = await import('#flow/stale.ts');
  if (!isWhole(outside, saved)) throw noPlan(`${file} is no saved plan any more: its changes are not those of its digest.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
