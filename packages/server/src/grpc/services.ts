import type { DescService } from "@bufbuild/protobuf";
import {
  AccountService,
  ActivityService,
  CatalogService,
  MatchService,
  ModelService,
  PersonService,
} from "@cinedeepmatch/contract";
import { health, reflection } from "@cinedeepmatch/contract/grpc";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import type { ServiceImpl } from "@connectrpc/connect";
import { createAccountService } from "./account-service.js";
import { createActivityService } from "./activity-service.js";
import { createCatalogService } from "./catalog-service.js";
import { createHealthService } from "./health-service.js";
import { createMatchService } from "./match-service.js";
import { createModelService } from "./model-service.js";
import { createPersonService } from "./person-service.js";
import { createReflectionService } from "./reflection-service.js";
import { createWorkerService } from "./worker-service.js";

/** Every service of the port, in the order in which reflection lists them. */
export const SERVICES = [
  MatchService,
  CatalogService,
  PersonService,
  ActivityService,
  AccountService,
  ModelService,
  WorkerService,
  health.Health,
  reflection.ServerReflection,
] as const;

/** What the services are made of. */
export interface ServicePorts {
  readonly isReady: () => boolean;
  readonly match: Parameters<typeof createMatchService>[0];
  readonly catalog: Parameters<typeof createCatalogService>[0];
  readonly activity: Parameters<typeof createActivityService>[0];
  readonly account: Parameters<typeof createAccountService>[0];
  readonly model: Parameters<typeof createModelService>[0];
  readonly worker: Parameters<typeof createWorkerService>[0];
}

/** A service with what answers its methods. */
export interface ServedService {
  readonly service: DescService;
  readonly implementation: Partial<ServiceImpl<DescService>>;
  /** The largest message that it reads, decompressed. */
  readonly readMaxBytes: number;
}

const KIB = 1024;
/** Requests of a few fields, some of them without a token. */
const SMALL = 64 * KIB;
/** Lists of ids, of events, pieces of a model: as much as the gateway lets through. */
const MEDIUM = 1024 * KIB;
/** An import's batch, or the vectors of a thousand movies. */
const LARGE = 4096 * KIB;

/** Every service with its implementation. */
export function createServices(ports: ServicePorts): readonly ServedService[] {
  const services = SERVICES.map(({ typeName }) => typeName);
  return [
    serve(MatchService, createMatchService(ports.match), MEDIUM),
    serve(CatalogService, createCatalogService(ports.catalog), LARGE),
    serve(PersonService, createPersonService(ports.catalog), SMALL),
    serve(ActivityService, createActivityService(ports.activity), MEDIUM),
    serve(AccountService, createAccountService(ports.account), SMALL),
    serve(ModelService, createModelService(ports.model), MEDIUM),
    serve(WorkerService, createWorkerService(ports.worker), LARGE),
    serve(health.Health, createHealthService({ isReady: ports.isReady, services }), SMALL),
    serve(reflection.ServerReflection, createReflectionService(SERVICES), SMALL),
  ];
}

function serve<Desc extends DescService>(
  service: Desc,
  implementation: Partial<ServiceImpl<Desc>>,
  readMaxBytes: number,
): ServedService {
  return { service, implementation: implementation as Partial<ServiceImpl<DescService>>, readMaxBytes };
}
