import { SchemaError } from './schema.ts';

/** Says which reference is wrong. The place goes into the message: it is not one in the schema's own text. */
export function inReference<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const at = error.at === undefined ? '' : ` (line ${error.at.line}, column ${error.at.column})`;
    throw new SchemaError(`reference \`${name}\`: ${error.message}${at}`);
  }
}
