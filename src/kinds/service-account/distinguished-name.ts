const attribute = /^(?:CN|L|ST|O|OU|C|STREET|DC|UID)=(.+)$/s;
/** What must be escaped is, and nothing else. */
const value = /^(?![ #])(?:[^,+"\\<>;]|\\[,+"\\<>;])+(?<! )$/;

/**
 * Is this a name of X.500 exactly as brokers show that of a certificate (RFC 2253, as Java writes it)? Rights hold for the text that brokers show, so a
 * name that is written in another way would get a certificate without rights. Several attributes in one part, which are shown in no fixed order, are none.
 */
export const isAsBrokersShow = (name: string): boolean =>
  (name.match(/(?:\\.|[^,\\])*(?:,|$)/gs) ?? [])
    .slice(0, name.endsWith(',') ? undefined : -1)
    .every(part => value.test(attribute.exec(part.replace(/,$/, ''))?.[1] ?? ''));
