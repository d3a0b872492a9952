export interface OptimizerOptions {
  readonly betas: readonly [number, number]
  /** Default 1e-8. */
  readonly epsilon?: number
  readonly weightDecay: number
  /** Decay embeddings too; biases and norms never decay. */
  readonly decayEmbeddings: boolean
  /** Gradients are scaled down to this global norm. */
  readonly gradientClip: number
}
