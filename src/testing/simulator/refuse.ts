import { ContactCenterError } from 'onescreen';

/** The error for a simulation that makes no sense; `field` is the path of what was refused. */
export function refuseSimulation(why: string, field: string): ContactCenterError {
  return new ContactCenterError('simulation/invalid', `unable to simulate; ${why}`, { field });
}

/** The error for traffic that cannot be read; `field` says where, such as `row 3, column "arrival"`. */
export function refuseTraffic(why: string, field: string): ContactCenterError {
  return new ContactCenterError('traffic/invalid', `unable to read traffic; ${field} ${why}`, { field });
}
