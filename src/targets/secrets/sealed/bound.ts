import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';

/** The first line of a value that was sealed for one tenant. A sealed text can be read, and so copied, by everybody who reads the repository. */
const first = /^kaas\.dev\/sealed-for: ([^\n]{1,250})\n/;
const platform = '@platform';

/** Names the tenant (null: the platform) inside the value that is sealed, where nobody can change it. */
export const bind = (value: Redacted, tenant: string | null): Redacted =>
  new Redacted(`kaas.dev/sealed-for: ${tenant ?? platform}\n${value.reveal()}`);

/** The value without that line. Throws `sealing/foreign-tenant` where it names somebody else; a value without it (of `age` itself) is for whoever has it. */
export function unbind(value: Redacted, tenant: string | null): Redacted {
  const text = value.reveal();
  const found = first.exec(text);
  if (found === null) return value;
  if (found[1] === (tenant ?? platform)) return new Redacted(text.slice(found[0].length));
  throw new Fault('sealing/foreign-tenant', 'It was sealed for another tenant.', {
    remedy: 'Seal the value for this tenant: `kaas secret seal --tenant NAME`.',
  });
}
