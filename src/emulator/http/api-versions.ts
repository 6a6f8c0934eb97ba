/** Published versions of the identity service; `@azure/communication-identity` 1.3 asks for 2023-10-01. What is new in later ones is not emulated. */
export const identityVersions = ['2021-03-07', '2022-06-01', '2022-10-01', '2023-10-01', '2025-06-30'] as const;

/** Versions of the two Entra token exchanges, as `@azure/communication-common` 2.4 asks for them. */
export const exchangeVersions = { teamsExtension: ['2025-06-30'], entra: ['2025-03-02-preview'] } as const;

/** Published versions of the chat service, the newest being what `@azure/communication-chat` 1.6 asks for. */
export const chatVersions = ['2021-03-07', '2021-09-07', '2023-11-07', '2024-03-07', '2025-03-15'] as const;

/** Published versions of Call Automation, the newest being what `@azure/communication-call-automation` 1.6 asks for. */
export const callAutomationVersions = [
  '2023-03-06',
  '2023-10-15',
  '2024-04-15',
  '2024-09-15',
  '2025-05-15',
  '2025-06-15',
  '2026-03-12',
] as const;
