import { type Finding, hasCertain } from './findings.ts';
import { maxDepth, maxSteps } from './limits.ts';

const tooLarge: readonly Finding[] = [
  { code: 'too-large', path: '', certain: false, say: place => `${place} is too large or nested too deeply to be compared` },
];

/**
 * Remembers what was found for pairs of nodes that may refer to each other in circles. A pair that is being looked at counts as readable, so that circles
 * end; when it turns out not to be, what was found readable meanwhile may have leaned on it and is forgotten. A pair is told in full once, then by its
 * first finding. Ends after a bounded number of steps and levels, with one uncertain finding.
 */
export class PairMemo<N extends object> {
  readonly #known = new Map<N, Map<N, readonly Finding[]>>();
  readonly #readable: (readonly [reader: N, writer: N])[] = [];
  #steps = 0;
  #depth = 0;

  judge(reader: N, writer: N, look: () => readonly Finding[]): readonly Finding[] {
    const pairs = this.#known.get(reader) ?? new Map<N, readonly Finding[]>();
    this.#known.set(reader, pairs);
    const known = pairs.get(writer);
    if (known !== undefined) return known.slice(0, 1);
    const since = this.#readable.push([reader, writer]) - 1;
    pairs.set(writer, []);
    const findings = this.bounded(look);
    if (hasCertain(findings)) for (const [r, w] of this.#readable.splice(since)) this.#known.get(r)?.delete(w);
    pairs.set(writer, findings);
    return findings;
  }

  bounded(look: () => readonly Finding[]): readonly Finding[] {
    if (this.#depth >= maxDepth || ++this.#steps > maxSteps) return tooLarge;
    this.#depth++;
    const findings = look();
    this.#depth--;
    return findings;
  }
}
