import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import type { Json, JsonObject } from '#model/json.ts';
import type { Problem } from '#model/problem.ts';
import type { DocumentText, ParsedDocument, ParsedFile } from '#ports/documents.ts';
import { report } from './problems.ts';

const limits = { bytes: 1_048_576, documents: 10_000, values: 200_000, depth: 64 } as const;

/** What one file says, strictly; pure and bounded in size, not in time. A document with a problem is left out, the others of the file stand. */
export function parseText({ file, text }: DocumentText): ParsedFile {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const say = (code: Parameters<typeof report>[0], message: string, offset: number) =>
    void problems.push(report(code, { message, at: place(offset) }));
  if (text.length > limits.bytes)
    return {
      file,
      documents: [],
      problems: [report('too-large', { message: `The file has ${text.length} characters.`, at: { file, line: 1, column: 1 } })],
    };
  const bad = firstBadCharacter(text);
  if (bad !== undefined)
    return {
      file,
      documents: [],
      problems: [
        report('not-text', {
          message: 'It holds bytes that are no text.',
          at: { file, line: text.slice(0, bad).split('\n').length, column: bad - text.lastIndexOf('\n', bad) },
        }),
      ],
    };
  const tooDeep = deeperThan(text, limits.depth * 4);
  if (tooDeep !== undefined)
    return {
      file,
      documents: [],
      problems: [report('too-large', { message: 'It is nested too deeply.', at: { file, line: tooDeep, column: 1 } })],
    };
  const parsed = parseAllDocuments<ParsedNode>(text, {
    lineCounter: lines,
    merge: false,
    uniqueKeys: true,
    version: '1.2',
    prettyErrors: false,
    strict: true,
    keepSourceTokens: false,
  });
  const all = Array.isArray(parsed) ? parsed : [];
  if (all.length > limits.documents) say('too-large', `It holds ${all.length} documents.`, 0);
  const documents: ParsedDocument[] = [];
  const budget = { left: limits.values };
  for (const document of all.slice(0, limits.documents)) {
    const before = problems.length;
    for (const error of [...document.errors, ...document.warnings]) {
      const code = error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : error.code === 'TAG_RESOLVE_FAILED' ? 'tag' : 'syntax';
      say(code, error.message.split('\n')[0] as string, error.pos[0]);
    }
    const { explicit, version } = document.directives?.yaml ?? {};
    if (explicit && version !== '1.2') say('version', `The file asks for YAML ${version}.`, 0);
    if (document.errors.length > 0 || document.contents === null) continue;
    // Nothing between two `---` is no document; a `null` that somebody wrote is one that went wrong.
    if (isScalar(document.contents) && document.contents.value === null && !document.contents.source) continue;
    const marks: number[] = [];
    const value = walk(
      document.contents,
      { marks, budget, say, lines, resolve: alias => alias.resolve(document) as Node | undefined },
      0,
      undefined,
    );
    if (problems.length === before && budget.left >= 0) documents.push({ value, marks: Int32Array.from(marks) });
  }
  return { file, documents, problems: problems.slice(0, 100) };
}

interface Walk {
  readonly marks: number[];
  readonly budget: { left: number };
  readonly say: (code: Parameters<typeof report>[0], message: string, offset: number) => void;
  readonly lines: LineCounter;
  readonly resolve: (alias: Alias.Parsed) => Node | undefined;
}

/** Turns a node into its value and notes the four numbers that `Located` asks for. An alias counts with all that it stands for. */
function walk(node: Node | null, state: Walk, depth: number, keyOffset: number | undefined): Json {
  const offset = node?.range?.[0] ?? keyOffset ?? 0;
  if (--state.budget.left < 0 || depth > limits.depth) {
    if (state.budget.left === -1 || depth === limits.depth + 1)
      state.say(
        'too-large',
        depth > limits.depth ? 'It is nested too deeply.' : 'Its aliases expand to too many values.',
        offset,
      );
    return null;
  }
  const at = state.lines.linePos(offset);
  const key = state.lines.linePos(keyOffset ?? offset);
  state.marks.push(key.line, key.col, at.line, at.col);
  if (node === null) return null;
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
    state.say('tag', `\`${node.tag}\` is no tag of ours.`, offset);
  if (isAlias(node)) {
    const target = state.resolve(node as Alias.Parsed);
    const length = state.marks.length;
    state.marks.length = length - 4;
    const value = walk(target ?? null, state, depth + 1, keyOffset ?? offset);
    return value;
  }
  if (isScalar(node)) return scalar(node as Scalar.Parsed, state, offset);
  if (isSeq(node)) return node.items.map(item => walk(item as Node | null, state, depth + 1, undefined));
  if (isMap(node)) return mapping(node.items as { key: unknown; value: unknown }[], state, depth);
  return null;
}

function scalar(node: Scalar.Parsed, state: Walk, offset: number): Json {
  const value = node.value as unknown;
  if (typeof value === 'bigint') state.say('number-not-exact', `${value} is too large for a number.`, offset);
  if (typeof value === 'number' && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))))
    state.say('number-not-exact', `${node.source} cannot be kept exactly.`, offset);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : value === null
      ? null
      : String(value);
}

/** Members in the order in which JavaScript will list them (integer-like keys first), because marks follow that order. */
function mapping(items: readonly { key: unknown; value: unknown }[], state: Walk, depth: number): JsonObject {
  const members = new Map<string, { key: Node; value: Node | null }>();
  const names: Record<string, true> = {};
  for (const item of items) {
    const key = item.key as Node;
    const offset = key?.range?.[0] ?? 0;
    if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
      state.say('key-not-text', 'Only texts can be keys.', offset);
      continue;
    }
    const name = typeof key.value === 'number' ? (key.source ?? String(key.value)) : key.value;
    if (name === '<<') state.say('merge-key', '`<<` would merge another mapping.', offset);
    else if (name === '__proto__') state.say('unsafe-key', '`__proto__` is no key.', offset);
    else if (members.has(name)) state.say('duplicate-key', `\`${name}\` stands twice.`, offset);
    else {
      members.set(name, { key, value: item.value as Node | null });
      names[name] = true;
    }
  }
  const object: JsonObject = {};
  for (const name of Object.keys(names)) {
    const member = members.get(name) as { key: Node; value: Node | null };
    object[name] = walk(member.value, state, depth + 1, member.key.range?.[0]);
  }
  return object;
}

function firstBadCharacter(text: string): number | undefined {
  const found = text.search(/[\0\uFFFD]/);
  return found < 0 ? undefined : found;
}

/** The first line with more opening brackets or deeper indentation than any honest document has: parsers recurse, so this is asked before them. */
function deeperThan(text: string, most: number): number | undefined {
  let open = 0;
  let line = 1;
  let dashes = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '\n') {
      line++;
      dashes = 0;
    } else if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    else if ((character === '-' || character === '?') && text[index + 1] === ' ') dashes++;
    if (open > most || dashes > most) return line;
  }
  return undefined;
}
