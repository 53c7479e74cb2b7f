import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectConnection } from './connections.ts';

test('a local cluster whose Connect worker ended is told from one that names none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-local-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const read = () => Promise.reject(new Error('no secret is read'));
  const asked = connectConnection(directory, 'south', { name: 'main', spec: { connection: 'local' }, read });
  await expect(asked).rejects.toMatchObject({
    code: 'connect/none',
    message: 'No Connect worker runs beside the local cluster `south`.',
    remedy: 'Start it with `kaas up --with connect`.',
  });
});
