import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from './measure.ts';
import type { Stage } from './stage.ts';

/** Load, compose and validate so many documents: with an empty cache of parsed files and with a full one. */
export async function validate(stage: Stage, documents: number): Promise<void> {
  const folder = stage.landscape('documents', { prefix: 'd.', topics: documents });
  const cold = () => {
    rmSync(join(folder, '.kaas/cache'), { recursive: true, force: true });
    return stage.kaas('-C', folder, 'validate', '-o', 'name');
  };
  const [first, again, floor] = await inTurns(
    3,
    cold,
    () => stage.kaas('-C', folder, 'validate', '-o', 'name'),
    () => stage.floor('yaml', folder),
  );
  stage.record({ name: 'validate, cold', size: documents, ours: first, floor, target: {} });
  stage.record({ name: 'validate, warm', size: documents, ours: again, floor, target: { wallMs: 2_000 } });
}

/** What a person feels first. The page cache is warm, the process is not. */
export async function start(stage: Stage): Promise<void> {
  const [help, version] = await inTurns(
    7,
    () => stage.kaas('--help'),
    () => stage.kaas('--version'),
  );
  stage.record({ name: 'kaas --help', size: 1, ours: help, target: { wallMs: 150 } });
  stage.record({ name: 'kaas --version', size: 1, ours: version, target: { wallMs: 150 } });
}
