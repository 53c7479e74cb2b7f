import { isError, type Problem } from '#model/problem.ts';
import { place } from './problems-text.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- XML 1.0 forbids them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, char => escapes[char] as string)
    .replaceAll('\n', '&#10;');

/** JUnit XML: one failed case per error, warnings as output of a passed one, a single passed case where all is well. */
export function junit(problems: readonly Problem[], suite: string): string {
  const cases = problems.map(problem => {
    const name = `${problem.code} ${place(problem.at) || (problem.subject?.name ?? '')}`.trim();
    const file = problem.at === undefined ? '' : ` file="${escape(problem.at.file)}" line="${problem.at.line}"`;
    const text = [problem.message, problem.hint ?? ''].filter(part => part !== '').join('\n');
    const body = isError(problem)
      ? `<failure type="${escape(problem.code)}" message="${escape(problem.title)}">${escape(text)}</failure>`
      : `<system-out>${escape(text)}</system-out>`;
    return `    <testcase classname="${escape(suite)}" name="${escape(name)}"${file}>${body}</testcase>`;
  });
  if (cases.length === 0) cases.push(`    <testcase classname="${escape(suite)}" name="no problems"/>`);
  const failures = problems.filter(isError).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="${escape(suite)}" tests="${cases.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
