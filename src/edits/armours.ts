const begin = '-----BEGIN AGE ENCRYPTED FILE-----';
const end = '-----END AGE ENCRYPTED FILE-----';
/** Line by line below each other, or within one line of a quoted text. */
const block = new RegExp(`${begin}\\r?\\n(?:[ \\t]*[A-Za-z0-9+/=]+\\r?\\n)+[ \\t]*${end}`, 'g');
const quoted = new RegExp(`${begin}(?:\\\\n[A-Za-z0-9+/=]+)+\\\\n${end}`, 'g');

/** The text of documents with every age armour replaced by what `change` makes of it; everything else, indentation included, keeps its bytes. */
export async function changeArmours(text: string, change: (armour: string) => Promise<string>): Promise<string> {
  const found = [...text.matchAll(block), ...text.matchAll(quoted)].toSorted((a, b) => b.index - a.index);
  let result = text;
  for (const { 0: old, index } of found) {
    const isQuoted = !old.includes('\n');
    const lines = (isQuoted ? old.replaceAll('\\n', '\n') : old).split(/\r?\n/).map(line => line.trim());
    const fresh = (await change(`${lines.join('\n')}\n`)).trimEnd().split('\n');
    const indent = /[ \t]*$/.exec(text.slice(0, index))?.[0] ?? '';
    const by = isQuoted ? fresh.join('\\n') : fresh.join(`${old.includes('\r') ? '\r' : ''}\n${indent}`);
    result = result.slice(0, index) + by + result.slice(index + old.length);
  }
  return result;
}
