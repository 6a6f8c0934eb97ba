import { systemClock, systemRandom, type Clock } from 'onescreen';
import { createEmulator, type EmulatorCore, type EmulatorOptions } from './create-emulator';
import { openJournal } from './journal-file';
import { serveHttp, type Listener } from './serve-http';
import { createCertificates } from './certificates';

export interface StartEmulatorOptions extends Omit<EmulatorOptions, 'journal'> {
  /** Default: any free port. */
  readonly port?: number;
  /** Serves https with a certificate of an authority made for this run. */
  readonly https?: boolean;
  /** Folder in which the data outlives the process. Default: memory only. */
  readonly dataFolder?: string;
  /** Port of the control surface, 0 for any free one. Default: there is none. */
  readonly controlPort?: number;
}

/** A running emulator on loopback. */
export interface Emulator {
  /** Such as `http://127.0.0.1:8080`. */
  readonly endpoint: string;
  /** `endpoint=...;accesskey=...`, as the official clients take it. */
  readonly connectionString: string;
  /** PEM of the authority that signed the certificate, with `https`. */
  readonly caCertificate?: string;
  /** Where the control surface listens, with `controlPort`. */
  readonly controlEndpoint?: string;
  /** The emulator behind the listener: its faults, log and data. */
  readonly core: EmulatorCore;
  /** Ends every connection and timer. May be called again. */
  close(): Promise<void>;
}

/** The media unit and what it is built on are loaded when the first page brings media. */
const loadMedia = async (clock: Clock) => (await import('./media/create-media-unit')).createMediaUnit({ clock });

/** Starts the emulator on 127.0.0.1. Rejects when a port is taken or the data folder cannot be used. */
export async function startEmulator(options: StartEmulatorOptions = {}): Promise<Emulator> {
  const { port, https, dataFolder, controlPort, ...rest } = options;
  // Whoever checks a certificate goes by the machine's time, whatever ours is.
  const certificates = https === true ? createCertificates(systemClock, systemRandom) : undefined;
  const journal = dataFolder === undefined ? undefined : openJournal(dataFolder);
  const listeners: Listener[] = [];
  const closeAll = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    journal?.close();
  };
  try {
    const core = createEmulator({ media: loadMedia, ...rest, ...(journal !== undefined && { journal }) });
    const listener = await serveHttp(core.handle, {
      connect: core.connect,
      ...(port !== undefined && { port }),
      ...(certificates !== undefined && { certificate: certificates.server }),
    });
    listeners.push(listener);
    const control = controlPort === undefined ? undefined : await serveHttp(core.control, { port: controlPort });
    if (control !== undefined) listeners.push(control);

    let closed: Promise<void> | undefined;
    return {
      endpoint: listener.origin,
      connectionString: `endpoint=${listener.origin}/;accesskey=${core.accessKey}`,
      ...(certificates !== undefined && { caCertificate: certificates.ca }),
      ...(control !== undefined && { controlEndpoint: control.origin }),
      core,
      close: () => {
        if (closed === undefined) core.close();
        return (closed ??= closeAll());
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
