import { stringify } from 'yaml';

/** Several documents as one YAML text, each after `---` but the first; block style, no anchors, lines as long as their values. */
export const formatDocuments = (documents: readonly unknown[]): string =>
  documents.map(document => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
