import { expect, test, vi } from 'vitest';
import { fakeChat } from './fake-chat';
import { other } from './fake-service';

async function shown(content: string) {
  const { clock, service, open } = fakeChat();
  const chat = open();
  const { id } = service.write(other, content, { type: 'html' });
  await clock.runUntil(() => chat.messages.has(id));
  return chat.messages.get(id);
}

test('formatting passes, and links open elsewhere without a way back', async () => {
  const message = await shown('<p>Hi <b>there</b>, <a href="https://contoso.example/?a=1&amp;b=2">look</a></p>');
  expect(message?.text).toBe('Hi there, look');
  expect(message?.html).toBe(
    '<p>Hi <b>there</b>, <a href="https://contoso.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">look</a></p>',
  );
});

const attacks = [
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<form action="https://evil.example"><button>x</button></form>',
  '<style>body{display:none}</style>',
  '<b style="position:fixed;inset:0">x</b>',
  '<input autofocus onfocus=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<object data="https://evil.example"></object><embed src="https://evil.example">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<b id="__proto__" name="body">x</b>',
  '<p data-x="1" aria-label="y" class="z">x</p>',
];

test.each(attacks)('%s does nothing', async (attack) => {
  const alert = vi.spyOn(window, 'alert').mockImplementation(() => {});
  const message = await shown(`${attack}<i>rest</i>`);
  const page = document.createElement('div');
  document.body.append(page);
  page.innerHTML = message?.html ?? '';
  await new Promise((resolve) => setTimeout(resolve, 20));
  const allowed = new Set(['href', 'title', 'dir', 'lang', 'target', 'rel']);
  for (const element of page.querySelectorAll('*')) {
    expect(element.tagName).toMatch(/^(A|B|I|P)$/);
    for (const { name } of element.attributes) expect(allowed).toContain(name);
    if (element.hasAttribute('href')) expect(element.getAttribute('href')).toMatch(/^https?:/);
  }
  expect(alert).not.toHaveBeenCalled();
  alert.mockRestore();
  page.remove();
});

test('outgoing HTML is sanitised as well', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  expect(chat.session.capabilities$.value.actions.sendHtml.supported).toBe(true);
  void chat.session.send({ clientId: 'a', text: 'x', html: '<b>x</b><img src=x onerror=alert(1)>' }, () => {});
  await clock.advance(500);
  expect(service.messages[0]).toMatchObject({ type: 'html', content: '<b>x</b>' });
});

test('a message of whose HTML nothing is left is sent as its text', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  void chat.session.send({ clientId: 'a', text: 'see', html: '<script>alert(1)</script>' }, () => {});
  await clock.advance(500);
  expect(service.messages[0]).toMatchObject({ type: 'text', content: 'see' });
});

test('a page that is shown again, or is online again, looks at once for what it missed', async () => {
  for (const signal of ['online', 'pageshow']) {
    const { clock, service, open } = fakeChat();
    const chat = open();
    await clock.runUntil(() => chat.status === 'connected');
    await clock.advance(15_000);
    service.isDeaf = true;
    service.write(other, 'missed');
    window.dispatchEvent(new Event(signal));
    await clock.advance(100);
    expect(chat.texts).toEqual(['missed']);
    await chat.session.close();
    const { length } = service.calls;
    window.dispatchEvent(new Event(signal));
    await clock.advance(100);
    expect(service.calls).toHaveLength(length);
  }
});

test('"online" ends the wait for the next start', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'start', status: 'network', times: 6 });
  const chat = open();
  await clock.advance(45_000);
  expect(chat.status).toBe('recovering');
  service.heal();
  window.dispatchEvent(new Event('online'));
  await clock.advance(1_000);
  expect(chat.status).toBe('connected');
});
