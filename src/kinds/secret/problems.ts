import { problems } from '#model/problem.ts';

/** Every problem that Secret documents can have. None of them quotes what stands in the document: it may be a secret in clear. */
export const report = problems('secret', {
  'one-source': { title: 'A Secret has one source', hint: 'Write either `sealed` or `file`.' },
  'not-sealed': {
    title: 'This is not sealed',
    hides: true,
    hint: 'Seal the value with `kaas secret seal`. If it was a secret in clear, it is in the history now: replace it where it is used.',
  },
  'other-form': {
    title: 'This form of a SOPS file is not opened',
    hint: 'Encrypt it as YAML: `sops decrypt --output-type yaml FILE | sops encrypt --input-type yaml --output-type yaml --filename-override NAME.yaml`.',
  },
  'entry-alone': { title: '`entry` chooses among the entries of a file', hint: 'Leave it out, or name a `file`.' },
  'store-not-granted': {
    title: 'The secret store belongs to somebody else',
    hint: 'Its owner consents by a Grant with `stores: [NAME]`; or keep it in a store of your own, of the platform, or in `local`.',
  },
  'foreign-key': {
    title: 'The key belongs to somebody else',
    hint: 'A tenant keeps its secrets below its own name: `key: <tenant>/…`. Without `key` there is nothing to choose.',
  },
  'shared-key': {
    title: 'Two secrets would be kept under one key',
    hint: 'Give each a key of its own, or leave `key` out.',
  },
  copied: {
    title: "This was sealed for another tenant's document",
    hint: 'Ask its owner for the value, and seal it for your own tenant with `kaas secret seal`.',
  },
});

/** Why a change of a secret cannot be done or what it costs: codes of reasons, not of problems. */
export const reasons = {
  replaces: 'secret/replaces-another',
  notOpened: 'secret/not-opened',
  storeGone: 'secret/store-gone',
} as const;
