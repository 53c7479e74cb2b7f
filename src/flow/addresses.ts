import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import { isJsonObject } from '#model/json.ts';

/** Finds one address in text: `at` and `end` of each place where it stands whole. */
interface Address {
  readonly text: string;
  readonly pattern: RegExp;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
/** Part of a longer host name before it: another address. */
const before = '(?<![a-z0-9._-])';
const afterHost = String.raw`(?![a-z0-9-]|\.[a-z0-9]|:\d)`;

const address = (text: string, source: string): Address => ({ text, pattern: new RegExp(before + source, 'g') });

function bootstrapAddress(server: string): Address {
  const text = server.toLowerCase();
  return address(text, String.raw`${quoted(text)}(?!\d)`);
}

/** Scheme and login do not belong to it, the default port may be left out, the path does belong to it (several may stand behind one gateway). */
function urlAddress(url: string): Address {
  if (!URL.canParse(url)) return bootstrapAddress(url);
  const { hostname, port, protocol, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '').toLowerCase();
  const host = hostname.toLowerCase();
  const ofScheme = protocol === 'https:' ? '443' : '80';
  const source = quoted(host) + (port === '' ? `(?::${ofScheme})?` : `:${port}`);
  return address(
    host + (port === '' ? '' : `:${port}`) + path,
    source + (path === '' ? afterHost : `${quoted(path)}(?![a-z0-9_-])`),
  );
}

/** Where a cluster, its registry and its Connect clusters answer. */
export function addressesOf({ connection }: KafkaClusterSpec): Address[] {
  if (connection === 'local') return [];
  const { schemaRegistry, connect } = connection as { schemaRegistry?: unknown; connect?: unknown };
  const beside = [schemaRegistry, ...(isJsonObject(connect) ? Object.values(connect) : [])];
  const urls = beside.flatMap(each => (isJsonObject(each) && typeof each.url === 'string' ? [each.url] : []));
  return [...connection.bootstrapServers.map(bootstrapAddress), ...urls.map(urlAddress)];
}

/** One test that is quick to say no: could the text contain one of them? */
export function suspicion(addresses: readonly Address[]): (text: string) => boolean {
  if (addresses.length === 0) return () => false;
  const any = new RegExp(addresses.map(each => each.pattern.source.slice(before.length)).join('|'), 'i');
  return text => any.test(text);
}

/** The foreign addresses that a text contains and that are not the beginning of an own one. */
export function foreignIn(text: string, own: readonly Address[], foreign: readonly Address[]): Address[] {
  const value = text.toLowerCase();
  const ends = (each: Address): [number, number][] => [...value.matchAll(each.pattern)].map(hit => [hit.index, hit[0].length]);
  return foreign.filter(each =>
    ends(each).some(([at, length]) => !own.some(ours => ends(ours).some(([start, long]) => start === at && long >= length))),
  );
}
