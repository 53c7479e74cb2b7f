import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Run after `npm install`: a registry mirror that lacks the packages of other platforms makes npm write a lock file without them, and then `npm ci`
 * refuses that file. This adds an entry for each, with its version and platform; npm passes over those that are not for the machine at hand.
 */
interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = join(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };

/** `linux-x64-musl` and its like, as npm's lock file says it. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const [, os, cpu, abi] = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(.*))?$/.exec(name) ?? [];
  if (os === undefined || cpu === undefined) return { cpu: [name.includes('wasm32') ? 'wasm32' : 'none'] };
  const libc = abi?.startsWith('musl') ? ['musl'] : abi?.startsWith('gnu') ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc }) };
}

const added: string[] = [];
for (const [path, entry] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const version = range.replace(/^[\^~]/, '');
    // Beside the package that asks, where those of this platform lie; inside it, where another version took that place.
    const beside = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`;
    const inside = `${path}/node_modules/${name}`;
    const nearest = [inside, beside, `node_modules/${name}`].find(place => lock.packages[place] !== undefined);
    if (nearest !== undefined && (range !== version || lock.packages[nearest]?.version === version)) continue;
    const place = lock.packages[beside] === undefined ? beside : inside;
    const dev = entry.dev === true ? { dev: true } : {};
    lock.packages[place] = { version, ...platformOf(name), ...dev, optional: true };
    added.push(name);
  }
const [root, ...rest] = Object.entries(lock.packages);
const sorted = rest.toSorted(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(root === undefined ? sorted : [root, ...sorted]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'The lock file is complete.' : `Added ${added.length} packages of other platforms.`);
