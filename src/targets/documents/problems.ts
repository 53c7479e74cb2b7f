import { problems } from '#model/problem.ts';

/** Why a YAML file could not be taken as it is. */
export const report = problems('documents', {
  syntax: { title: 'This is not valid YAML' },
  version: {
    title: 'Documents are YAML 1.2',
    hint: 'Remove the %YAML line: older versions read `yes`, `010` and dates as something else than text.',
  },
  'duplicate-key': { title: 'The same key stands twice', hint: 'Remove one of them; which one would win is a guess.' },
  'merge-key': { title: 'Merge keys are not supported', hint: 'Write the values out, or use a template or patch.' },
  tag: { title: 'Custom tags are not supported', hint: 'Remove the tag.' },
  'key-not-text': { title: 'A key must be a text', hint: 'Put it in quotes.' },
  'unsafe-key': { title: 'This key cannot be used' },
  'number-not-exact': { title: 'The number cannot be kept exactly', hint: 'Put it in quotes.' },
  'too-large': {
    title: 'The file is too large',
    hint: 'At most 1 MiB, 10,000 documents, 200,000 values and 64 levels; split the file.',
  },
  'too-slow': { title: 'The file took too long to read', hint: 'Simplify or split it.' },
  'not-text': { title: 'The file is not UTF-8 text' },
});
