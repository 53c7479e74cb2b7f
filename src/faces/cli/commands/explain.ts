import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Usage } from '../usage.ts';
import { explainField, explainKind } from '../views/explain.ts';
import { json } from '../views/problems-document.ts';
import { table } from '../views/table.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'what a kind or field means, its values and defaults',
  arguments: [{ name: '[KIND.FIELD]', description: 'a kind, or a field of one: Topic.config (default: all kinds)' }],
  options: [],
  formats: ['json', 'name'],
  examples: [
    ['explain', 'all kinds'],
    ['explain Topic', 'the fields of one'],
    ['explain KafkaCluster.connection.tls', 'one field'],
  ],
  run: async (context, [asked]) => {
    const kinds = await context.kinds();
    if (asked === undefined) {
      const all = [...kinds.values()];
      if (context.format === 'name') context.print(all.map(kind => kind.name).join('\n'));
      else if (context.format === 'json')
        context.print(
          json({
            schemaVersion: 1,
            kinds: all.map(({ name, plural, description, writtenBy, lives }) => ({
              name,
              plural,
              description,
              writtenBy,
              lives,
            })),
          }),
        );
      else
        context.print(
          table(
            ['KIND', 'WRITTEN BY', 'MEANS'],
            all.map(kind => [kind.name, kind.writtenBy, kind.description]),
            context.paint,
          ),
        );
      return exitCodes.done;
    }
    const [name = '', ...path] = asked.split('.');
    const kind = [...kinds.values()].find(each =>
      [each.name, each.plural].some(word => word.toLowerCase() === name.toLowerCase()),
    );
    if (kind === undefined) {
      const { nearest } = await import('#flow/nearest.ts');
      const close = nearest(name, kinds.keys());
      throw new Usage(
        `There is no kind \`${name}\`${close === undefined ? '.' : `; did you mean \`${close}\`?`} \`kaas explain\` lists them.`,
      );
    }
    const { z } = await import('zod');
    const schema = z.toJSONSchema(kind.spec, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
    const field = path[0] === 'spec' ? path.slice(1) : path;
    if (context.format === 'json')
      context.print(
        json({
          schemaVersion: 1,
          kind: kind.name,
          field: field.length === 0 ? null : field.join('.'),
          schema: field.length === 0 ? schema : explainField(schema, field).schema,
        }),
      );
    else if (context.format === 'name') {
      const { properties } = (field.length === 0 ? schema : explainField(schema, field).schema) as { properties?: object };
      context.print(Object.keys(properties ?? {}).join('\n'));
    } else if (field.length === 0) context.print(explainKind(kind, schema, context.paint));
    else context.print(explainField(schema, field).text(kind, context.paint));
    return exitCodes.done;
  },
};
