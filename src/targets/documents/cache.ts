import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { DocumentText, ParsedDocument, ParsedFile } from '#ports/documents.ts';
import { readCache, writeCache } from './cache-file.ts';

/** Changes whenever the same text would parse to something else. */
const version = 'documents-2';

export interface Cache {
  get(text: DocumentText): ParsedFile | undefined;
  set(text: DocumentText, parsed: ParsedFile): void;
  save(): void;
}

const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Parsed files by content, for files without problems. A damaged or older cache counts as empty; only what was used lately is kept. */
export function openCache(file: string | undefined): Cache {
  const known = file === undefined ? new Map<string, readonly ParsedDocument[]>() : read(file);
  const used = new Map<string, readonly ParsedDocument[]>();
  let changed = false;
  return {
    get(text) {
      if (file === undefined || known.size === 0) return undefined;
      const key = keyOf(text.text);
      const documents = known.get(key);
      if (documents === undefined) return undefined;
      used.set(key, documents);
      return { file: text.file, documents, problems: [] };
    },
    set(text, parsed) {
      if (file === undefined || parsed.problems.length > 0) return;
      const key = keyOf(text.text);
      known.set(key, parsed.documents);
      used.set(key, parsed.documents);
      changed = true;
    },
    save() {
      if (file === undefined || (!changed && used.size === known.size)) return;
      writeCache(file, serialize([version, used]));
    },
  };
}

function read(file: string): Map<string, readonly ParsedDocument[]> {
  const content = readCache(file);
  if (content === undefined) return new Map();
  try {
    const [found, documents] = deserialize(content) as [string, Map<string, readonly ParsedDocument[]>];
    return found === version && documents instanceof Map ? documents : new Map();
  } catch {
    return new Map();
  }
}
