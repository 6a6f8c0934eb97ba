import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlToText, textToHtml } from '../../../src/acs/chat/html-to-text';

test.each([
  ['plain', 'plain'],
  ['<p>one</p><p>two</p>', 'one\ntwo'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['<ul><li>x</li><li>y</li></ul>', 'x\ny'],
  ['1 &lt; 2 &amp;&amp; 3 &gt; 2', '1 < 2 && 3 > 2'],
  ['&#72;&#x69; &eacute;&nbsp;&hellip; &unknown; &amp;lt;', 'Hi é … &unknown; &lt;'],
  ['&#0;&#xd800;&#1114112;', '\ufffd\ufffd\ufffd'],
  ['a <b>bold</b>, <i>nice</i> move', 'a bold, nice move'],
  ['  many \n  spaces  ', 'many spaces'],
  ['<script>alert(1)</script>seen<style>b{}</style>', 'seen'],
  ['<script>"</b>"</script>seen', 'seen'],
  ['<a href="x>y" title=\'>\'>link</a>', 'link'],
  ['<!-- <b>no</b> -->yes', 'yes'],
  ['1 < 2 <3', '1 < 2 <3'],
  ['cut off <img src=x onerror="', 'cut off'],
  ['<SCRIPT>no</SCRIPT >yes', 'yes'],
  ['<constructor>ok</constructor>&constructor;', 'ok&constructor;'],
  ['', ''],
])('the text of %j is %j', (html, text) => expect(htmlToText(html)).toBe(text));

test('text written as HTML reads as the same text', () => {
  expect(textToHtml('a < b\n"c" & d')).toBe('a &lt; b<br>&quot;c&quot; &amp; d');
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[!-~äß😀]+$/u)), (words) => {
      const text = words.join(' ');
      expect(htmlToText(textToHtml(text))).toBe(text);
    }),
  );
});

// Ten times the full size: what takes quadratic time takes seconds then, and what does not, milliseconds.
test.each([
  '<',
  '<a',
  '<!--',
  '&',
  '</td>',
  '<script>',
  '<a b="',
  '< ',
  '\n ',
  '&#',
  '&#32;',
  '&#9;',
  'a<br>',
  ' &nbsp;',
])('a hostile message of %j takes no time worth mentioning', (part) => {
  const html = part.repeat(280_000 / part.length);
  const before = performance.now();
  htmlToText(html);
  expect(performance.now() - before).toBeLessThan(1_000);
});
