/** Who may import whom: one row per folder, with its reason. `also` names packages beside the project's own modules; `node` allows `node:`. */
export interface Row {
  readonly folder: RegExp;
  readonly modules: readonly RegExp[];
  readonly packages: readonly RegExp[];
  readonly node: boolean;
  readonly because: string;
}

const pure = { packages: [] as RegExp[], node: false };

export const rows: readonly Row[] = [
  { folder: /^src\/model\//, modules: [/^src\/model\//], ...pure, because: 'it is the vocabulary; everyone depends on it' },
  { folder: /^src\/ports\//, modules: [/^src\/(model|ports)\//], ...pure, because: 'a port describes our need, not their API' },
  {
    folder: /^src\/kinds\/kind\.ts$/,
    modules: [/^src\/(model|ports)\//],
    packages: [/^zod$/],
    node: false,
    because: 'the contract knows nouns and needs only',
  },
  { folder: /^src\/kinds\/registry\.ts$/, modules: [/^src\/kinds\//], ...pure, because: 'the registry is the one list of kinds' },
  {
    folder: /^src\/kinds\/[^/]+\//,
    modules: [/^src\/(model|ports|schemas)\//, /^src\/kinds\/kind\.ts$/, /^SAME\//],
    packages: [/^zod$/],
    node: false,
    because: 'adding or removing a kind touches one folder',
  },
  {
    folder: /^src\/questions\//,
    modules: [/^src\/(model|questions)\//, /^src\/kinds\/kind\.ts$/],
    ...pure,
    because: 'an answer is a function of what was read',
  },
  {
    folder: /^src\/edits\//,
    modules: [/^src\/(model|edits)\//, /^src\/kinds\/kind\.ts$/],
    packages: [/^yaml$/],
    node: false,
    because: 'an edit turns documents into documents',
  },
  {
    folder: /^src\/schemas\//,
    modules: [/^src\/(model|schemas)\//],
    ...pure,
    because: 'what two schemas mean to each other is a function of their texts',
  },
  {
    folder: /^src\/flow\//,
    modules: [/^src\/(model|ports|policies|questions|flow)\//, /^src\/kinds\/kind\.ts$/],
    ...pure,
    because: 'the engine is the same for every kind',
  },
  {
    folder: /^src\/targets\/[^/]+\//,
    modules: [/^src\/(model|ports)\//, /^SAME\//],
    packages: [/.*/],
    node: true,
    because: 'a target is replaceable',
  },
  {
    folder: /^src\/faces\/[^/]+\//,
    modules: [/^src\/(model|ports|flow|questions|edits)\//, /^src\/kinds\/kind\.ts$/, /^SAME\//],
    packages: [/^(commander|zod|@bomb\.sh\/tab)$/],
    node: true,
    because: 'a face renders; main.ts wires',
  },
  {
    folder: /^src\/wiring\//,
    modules: [/^src\/(model|ports|targets|wiring)\//, /^src\/kinds\/kind\.ts$/],
    packages: [],
    node: true,
    because: 'it opens targets for main.ts and decides nothing',
  },
];

/** Exceptions to the limit of 250 lines a file, each with its reason; 400 holds for all. */
export const longFiles: Readonly<Record<string, string>> = {
  'src/kinds/kind.ts': 'the contract that every kind fulfils stands on one page',
};

/** Words that name nothing. */
export const emptyNames = /(^|[/.-])(utils?|helpers?|common|misc|base|managers?|handlers?|processors?|impl|types)([/.-]|$)/;
