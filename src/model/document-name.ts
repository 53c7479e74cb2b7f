/** Short and stable (FNV-1a, 32 bits). */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/** A `metadata.name` for something with any name: the name itself where it can be one, else what is left of it with a fingerprint, so that two stay apart. */
export function documentName(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 240);
  return /^[A-Za-z0-9._-]{1,249}$/.test(name) ? name : `${plain}${plain === '' ? '' : '-'}${fingerprint(name)}`;
}
