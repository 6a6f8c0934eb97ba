/**
 * The public surface of every entry, one namespace each, for the API report only. No entry leads here.
 *
 * @packageDocumentation
 */
export * as core from 'onescreen';
export * as controlPlane from 'onescreen/control-plane';
export * as logging from 'onescreen/logging';
export * as chat from 'onescreen/chat';
export * as acsChat from 'onescreen/acs/chat';
export * as voice from 'onescreen/voice';
export * as acsCalling from 'onescreen/acs/calling';
export * as routing from 'onescreen/routing';
export * as routingRules from 'onescreen/routing/rules';
export * as routingRedis from 'onescreen/routing/redis';
export * as server from 'onescreen/server';
export * as serverRedis from 'onescreen/server/redis';
export * as customer from 'onescreen/customer';
export * as react from 'onescreen/react';
export * as emulator from 'onescreen/emulator';
export * as emulatedCalling from 'onescreen/emulator/calling';
export * as testing from 'onescreen/testing';
