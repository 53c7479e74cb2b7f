import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from './measure.ts';
import type { Stage } from './stage.ts';

/** A plan that changes nothing, of so many subjects with three versions each. They stand there before us, so that the apply only takes them over. */
export async function planSchemas(stage: Stage, subjects: number): Promise<void> {
  await stage.beside('schema-registry');
  const options = { prefix: 'schemas.', topics: 0, schemas: subjects, languages: 1 as const };
  const folder = stage.landscape('schemas', options);
  await stage.floorBeside('register', options.prefix, String(subjects));
  await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const [ours, floor] = await inTurns(
    3,
    () => stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name'),
    () => stage.floorBeside('latest', options.prefix),
  );
  stage.record({ name: 'no-change plan of subjects', size: subjects, ours, floor, target: { ratio: 1.3, writes: 0 } });
}

/** Load, compose and validate so many schema files, of three languages, with the YAML that names them; the cache of parsed documents empty. */
export async function loadSchemas(stage: Stage, files: number): Promise<void> {
  const folder = stage.landscape('schema-files', { prefix: 'd.', topics: 0, schemas: files });
  const cold = () => {
    rmSync(join(folder, '.kaas/cache'), { recursive: true, force: true });
    return stage.kaas('-C', folder, 'validate', '-o', 'name');
  };
  const [ours, floor] = await inTurns(5, cold, () => stage.floorBeside('parse', folder));
  stage.record({ name: 'load schema files', size: files, ours, floor, target: { ratio: 1.3 } });
}
