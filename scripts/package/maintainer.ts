/** Who stands behind a package that is built; whoever builds for others says who that is. */
export const MAINTAINER =
  process.env.PERFCOLLECTOR_MAINTAINER ?? 'The perfcollector authors <perfcollector@noreply.example.org>';
