import type { Problem } from '#model/problem.ts';
import type { DocumentText } from './documents.ts';

/** The files of one landscape at one revision. */
export interface LandscapeFiles {
  /** Commit id, or `working tree` where files differ from the commit or there is no Git. */
  revision(): Promise<string>;
  /**
   * `kaas.yaml` and every `.yaml`/`.yml` below `platform/` and `tenants/`, sorted by name; further `.yaml` files of ours elsewhere are named in `strays`.
   * Links that leave the tree and files over the size limit are problems and are not read.
   */
  read(): Promise<{ texts: DocumentText[]; problems: Problem[] }>;
  /**
   * Texts of files that documents refer to, in order; paths are relative to the root. One that is not there, is a link or stands behind one, is no text or is
   * larger than 1 MiB is refused, in words.
   */
  readTexts(paths: readonly string[]): Promise<({ readonly text: string } | { readonly refused: string })[]>;
}
