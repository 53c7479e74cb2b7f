import { consequence, type Finding } from '../findings.ts';
import type { Value, ValueObject } from '../json-text.ts';
import type { Walk } from './compare.ts';

type Numeral = number | bigint;

const numeral = (value: Value | undefined): Numeral | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? value : undefined;

interface Limit {
  readonly keyword: string;
  readonly value: Numeral;
  readonly exclusive: boolean;
}

/** A limit that the reader sets and the writer does not keep. `sign` is 1 for an upper limit, -1 for a lower one. */
export function limitFindings(
  { sides, tell }: Walk,
  [to, from]: readonly [Limit | undefined, Limit | undefined],
  sign: 1 | -1,
): Finding[] {
  if (to === undefined) return [];
  if (from !== undefined) {
    const within = sign === 1 ? from.value < to.value : from.value > to.value;
    if (within || (from.value === to.value && (from.exclusive || !to.exclusive))) return [];
  }
  const was = from === undefined ? 'none' : `${from.value}${from.exclusive ? ' (excluded)' : ''}`;
  const is = `${to.value}${to.exclusive ? ' (excluded)' : ''}`;
  return [
    tell(
      'limit-narrowed',
      `has ${is} as its \`${to.keyword}\` in the ${sides.reader} schema and ${was} in the ${sides.writer} one: ${consequence(sides)} beyond it`,
    ),
  ];
}

/** Both schemas' limit of one keyword that counts something. */
export const counted = (reader: ValueObject, writer: ValueObject, keyword: string): [Limit | undefined, Limit | undefined] =>
  [reader, writer].map(schema => {
    const value = numeral(schema[keyword]);
    return value === undefined ? undefined : { keyword, value, exclusive: false };
  }) as [Limit | undefined, Limit | undefined];

/** Draft 4 says `exclusiveMaximum: true` beside `maximum`, later ones a number; of two limits the tighter one counts. */
function bound(schema: ValueObject, keyword: 'maximum' | 'minimum'): Limit | undefined {
  const other = keyword === 'maximum' ? 'exclusiveMaximum' : 'exclusiveMinimum';
  const [plain, exclusive] = [numeral(schema[keyword]), numeral(schema[other])];
  const tighter =
    exclusive !== undefined && (plain === undefined || (keyword === 'maximum' ? exclusive <= plain : exclusive >= plain));
  if (tighter) return { keyword: other, value: exclusive, exclusive: true };
  return plain === undefined ? undefined : { keyword, value: plain, exclusive: schema[other] === true };
}

export function numberFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  return [
    ...limitFindings(walk, [bound(reader, 'maximum'), bound(writer, 'maximum')], 1),
    ...limitFindings(walk, [bound(reader, 'minimum'), bound(writer, 'minimum')], -1),
    ...multipleFindings(walk, reader, writer),
  ];
}

function multipleFindings({ sides, tell, doubt }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const [to, from] = [numeral(reader.multipleOf), numeral(writer.multipleOf)];
  if (to === undefined || to === from || (to === 1 && isWhole(writer))) return [];
  const rest = `is a multiple of ${to} in the ${sides.reader} schema and of ${from ?? 'nothing'} in the ${sides.writer} one`;
  if (from !== undefined && Number.isInteger(Number(to)) && Number.isInteger(Number(from)) && BigInt(from) % BigInt(to) === 0n)
    return [];
  const fractions = from !== undefined && !(Number.isInteger(Number(to)) && Number.isInteger(Number(from)));
  return [
    fractions
      ? doubt('multiple-narrowed', `${rest}; fractions are not compared`)
      : tell('multiple-narrowed', `${rest}: ${consequence(sides)}`),
  ];
}

const isWhole = (schema: ValueObject): boolean => schema.type === 'integer';

export function textFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const { sides, tell, doubt } = walk;
  const findings = [
    ...limitFindings(walk, counted(reader, writer, 'maxLength'), 1),
    ...limitFindings(walk, counted(reader, writer, 'minLength'), -1),
  ];
  if (reader.pattern !== undefined && reader.pattern !== writer.pattern) {
    const change = writer.pattern === undefined ? 'has a pattern' : 'has another pattern';
    findings.push(
      tell('pattern-narrowed', `${change} in the ${sides.reader} schema: ${consequence(sides)} that do not match it`),
    );
  }
  if (reader.format !== undefined && reader.format !== writer.format)
    findings.push(
      doubt(
        'format-changed',
        `has the format \`${String(reader.format).slice(0, 40)}\` in the ${sides.reader} schema alone, which some readers hold values to`,
      ),
    );
  return findings;
}
