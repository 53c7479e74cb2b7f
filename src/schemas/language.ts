import type { Finding, Sides } from './findings.ts';
import type { SchemaField, SchemaText } from './schema.ts';

/** What each schema language is asked. All of it is pure and bounded; `parse` alone throws, a SchemaError. */
export interface Language<S> {
  readonly parse: (text: string, references: readonly SchemaText[]) => S;
  readonly canonical: (schema: S) => string;
  readonly names: (schema: S) => readonly string[];
  readonly rootName: (schema: S) => string | undefined;
  readonly fields: (schema: S) => readonly SchemaField[];
  /** Why a reader with one schema cannot read what a writer with the other has written. */
  readonly findings: (reader: S, writer: S, sides: Sides) => readonly Finding[];
}
