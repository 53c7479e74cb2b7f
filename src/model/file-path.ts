/** A path from the root for a name relative to a document; undefined where it is empty, absolute or climbs out of the landscape. */
export function besideDocument(document: string, file: string): string | undefined {
  if (file === '' || file.startsWith('/') || /[\\\0]/.test(file)) return undefined;
  const steps = document.split('/').slice(0, -1);
  for (const step of file.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}
