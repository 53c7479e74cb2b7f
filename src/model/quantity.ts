const durations: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const sizes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const parse = (text: string, units: Readonly<Record<string, number>>): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const unit = match === null ? undefined : Object.hasOwn(units, match[2] as string) ? units[match[2] as string] : undefined;
  if (match === null || unit === undefined) return undefined;
  const amount = Number(match[1]) * unit;
  return Number.isSafeInteger(amount) ? amount : undefined;
};

/** `90s`, `15m`, `7d` in milliseconds; undefined when the text is no such duration or no whole number of milliseconds. */
export const parseDuration = (text: string): number | undefined => parse(text, durations);

/** `512MiB`, `10GB` in bytes (IEC and SI units); undefined when the text is no such size or no whole number of bytes. */
export const parseSize = (text: string): number | undefined => parse(text, sizes);

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** 44023414784 → `41.0 GiB`. */
export function sizeText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < byteUnits.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${byteUnits[unit]}`;
}

/** 3600000 → `1 h`: the largest unit that leaves no fraction. */
export function durationText(ms: number): string {
  const [name, size] = Object.entries(durations)
    .toReversed()
    .find(([unit, each]) => unit !== 'w' && ms % each === 0 && ms !== 0) ?? ['ms', 1];
  return `${ms / size} ${name}`;
}
