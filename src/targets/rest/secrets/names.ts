/** A key of ours as a name that a store takes, and back. Two keys never share a name. */
export interface Names {
  toName(key: string): string;
  /** Undefined for a name that no key has: somebody else's. */
  toKey(name: string): string | undefined;
}

const bytesOf = (text: string): string[] => [...Buffer.from(text)].map(byte => byte.toString(16).padStart(2, '0'));
const textOf = (hex: string): string => Buffer.from(hex, 'hex').toString();

/** One that gives the key back is the key's; any other was written by hand. */
const reversible = (toName: (key: string) => string, decode: (name: string) => string): Names => ({
  toName,
  toKey: name => {
    const key = decode(name);
    return toName(key) === name ? key : undefined;
  },
});

const word = /[A-Za-z0-9_-]/;

/** Paths, for Vault and AWS: words between slashes; everything else, dots and slashes without a word on each side included, as `=2e`. */
export const pathNames: Names = reversible(
  key => {
    const signs = [...key];
    const between = (index: number) => word.test(signs[index - 1] ?? '') && word.test(signs[index + 1] ?? '');
    const name = signs.map((sign, index) =>
      word.test(sign) || ((sign === '/' || sign === '.') && between(index))
        ? sign
        : bytesOf(sign)
            .map(byte => `=${byte}`)
            .join(''),
    );
    return name.join('') || '=';
  },
  name => (name === '=' ? '' : name.replace(/(?:=[0-9a-f]{2})+/g, escaped => textOf(escaped.replaceAll('=', '')))),
);

/** Letters, digits and hyphens without regard to case, for Azure: `--` is a hyphen, everything else `-2e`. */
export const plainNames: Names = reversible(
  key =>
    [...key]
      .map(sign => {
        if (sign === '-') return '--';
        return /[a-z0-9]/.test(sign)
          ? sign
          : bytesOf(sign)
              .map(byte => `-${byte}`)
              .join('');
      })
      .join(''),
  name => name.replace(/--|(?:-[0-9a-f]{2})+/g, found => (found === '--' ? '-' : textOf(found.replaceAll('-', '')))),
);

/**
 * Names of Kubernetes objects (RFC 1123 subdomains): a slash is a dot, a hyphen `--`, everything else `-2e`. A part that would not begin with a letter or
 * another digit than 0 begins with `0-`.
 */
export const subdomainNames: Names = reversible(
  key => {
    const signs = [...key];
    const joins = (index: number) => signs[index] === '/' && isPart(signs[index - 1]) && isPart(signs[index + 1]);
    return signs
      .map((sign, index) => {
        if (joins(index)) return '.';
        const first = index === 0 || joins(index - 1);
        const last = index === signs.length - 1 || joins(index + 1);
        if (first ? /[a-z1-9]/.test(sign) : /[a-z0-9]/.test(sign)) return sign;
        if (sign === '-' && !first && !last) return '--';
        return `${first ? '0' : ''}${bytesOf(sign)
          .map(byte => `-${byte}`)
          .join('')}`;
      })
      .join('');
  },
  name =>
    name
      .split('.')
      .map(part =>
        part
          .replace(/^0(?=-)/, '')
          .replace(/--|(?:-[0-9a-f]{2})+/g, found => (found === '--' ? '-' : textOf(found.replaceAll('-', '')))),
      )
      .join('/'),
);

const isPart = (sign: string | undefined): boolean => sign !== undefined && sign !== '/';
