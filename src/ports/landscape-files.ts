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
  /** The text of one file that a document refers to, bounded in size; undefined when there is none. `path` is relative to the root and must not leave it. */
  readText(path: string): Promise<string | undefined>;
}
