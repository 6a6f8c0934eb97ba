/** Where a meeting is joined, as Teams writes it. */
export function joinLinkOf(threadId: string, tenantId: string, organizerId: string): string {
  const context = encodeURIComponent(JSON.stringify({ Tid: tenantId, Oid: organizerId }));
  return `https://teams.microsoft.com/l/meetup-join/${encodeURIComponent(threadId)}/0?context=${context}`;
}

/** What a link names: a thread, or an id with or without a passcode; undefined for what is no link to a meeting. */
export function readJoinLink(
  link: string,
): { readonly threadId: string } | { readonly meetingId: string; readonly passcode?: string } | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  const threadId = /\/meetup-join\/([^/]+)\//.exec(`${url.pathname}/`)?.[1];
  if (threadId !== undefined) return { threadId: decoded(threadId) };
  const meetingId = /\/meet\/([\d ]+)$/.exec(decoded(url.pathname))?.[1];
  const passcode = url.searchParams.get('p');
  return meetingId === undefined ? undefined : { meetingId, ...(passcode !== null && { passcode }) };
}

/** Some write `@` and `:` as they are, some encode them twice. */
function decoded(text: string): string {
  try {
    const once = decodeURIComponent(text);
    return once.includes('%') ? decodeURIComponent(once) : once;
  } catch {
    return text;
  }
}
