import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reference } from '#faces/cli/reference.ts';
import { composing, loading, planning, validating } from '#flow/problems.ts';
import { kinds } from '#kinds/registry.ts';

const folder = join(import.meta.dirname, '../docs/reference');
const files = reference(kinds, [loading, composing, validating, planning]);
const existing = (readdirSync(folder, { recursive: true }) as string[]).filter(file => /\.(md|json)$/.test(file));
const read = (file: string) => {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
};

const outdated = [...files].filter(([file, text]) => read(file) !== text).map(([file]) => file);
const surplus = existing.filter(file => !files.has(file));

if (process.argv.includes('--check')) {
  for (const file of [...outdated, ...surplus]) console.error(`docs/reference/${file} is not fresh: run \`npm run generate\`.`);
  process.exitCode = outdated.length + surplus.length === 0 ? 0 : 1;
} else {
  for (const file of outdated) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), files.get(file) as string);
  }
  for (const file of surplus) rmSync(join(folder, file));
  console.log(`docs/reference: ${outdated.length} written, ${surplus.length} removed, ${files.size} in all.`);
}
