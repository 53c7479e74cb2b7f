import { expect, test } from 'vitest';
import { isAsBrokersShow } from './distinguished-name.ts';

test.each(['CN=x', 'CN=x,OU=web,O=Acme', 'CN=x\\, Ltd,O=y', 'CN=a=b', 'CN=Zoë Bär', 'CN=x,STREET=s 1,UID=7', 'CN=a\\\\'])(
  'a name that brokers show just so: %s',
  name => expect(isAsBrokersShow(name)).toBe(true),
);

test.each([
  ['a space between the parts', 'CN=x, O=Acme'],
  ['a keyword in small letters', 'cn=x'],
  ['an attribute that Java shows by its number', 'CN=x,EMAILADDRESS=a@b'],
  ['an attribute that nobody knows', 'CN=x,FOO=bar'],
  ['no name at all', 'gateway'],
  ['an empty value', 'CN='],
  ['an empty part', 'CN=x,'],
  ['quotes', 'CN="a,b"'],
  ['a sign that is shown escaped', 'CN=x,O=a;b'],
  ['two attributes in one part', 'CN=a+OU=b'],
  ['a value in hexadecimals', 'CN=#0402'],
  ['a space at the end', 'CN=x ,O=y'],
])('a certificate of this name would be shown in another way, so its rights would be nobody\u2019s: %s', (_why, name) => {
  expect(isAsBrokersShow(name)).toBe(false);
});
