/** What workers hear of registered models where there are none. */
export const NO_MODELS = {
  models: { inUse: async () => undefined },
  deployments: { onChange: () => () => {}, takeBack: async () => {} },
};
