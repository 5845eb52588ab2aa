# THE law of the house: one line a module, what it SEES.
# Read by the build (what it links) and by the tidy test (what it may include). If an include is refused,
# move the code, not the rule. A floor's name stands for every module already listed on it.

# ground: knows machines, not banks
module(ground/base                              USES OpenSSL::Crypto Threads::Threads)
module(ground/store        SEES ground/base     USES ${SOCI_LIBRARIES} SQLite::SQLite3 PostgreSQL::PostgreSQL)

# infrastructure: what every application stands on
module(infrastructure/evidence   SEES ground    USES sodium)
module(infrastructure/ledger     SEES ground)
module(infrastructure/access     SEES ground infrastructure/evidence  USES sodium)
module(infrastructure/feel       SEES ground/base  USES icui18n icuuc)
module(infrastructure/dmn        SEES ground/base infrastructure/feel  USES pugixml)
module(infrastructure/models     SEES ground/base  USES xgboost z zstd pugixml)
module(infrastructure/statistics SEES ground/base)
module(infrastructure/kernel     SEES ground infrastructure)
module(infrastructure/compute    SEES ground infrastructure)
module(infrastructure/experiments SEES ground infrastructure)
module(infrastructure/workbench  SEES ground infrastructure  USES minizip z pugixml)
module(infrastructure/features   SEES ground infrastructure/evidence infrastructure/feel infrastructure/models)
module(infrastructure/screening  SEES ground/base  USES icui18n icuuc z)
module(infrastructure/cases      SEES ground infrastructure/evidence)
module(infrastructure/cipher     SEES ground/base  USES OpenSSL::Crypto sodium  CHECKED_BY gmp)
module(infrastructure/channel    SEES ground/base  USES OpenSSL::SSL OpenSSL::Crypto zstd)
module(infrastructure/federation SEES ground infrastructure  USES icuuc sodium zstd  CHECKED_BY gmp)

# applications: one folder each; none sees another
module(applications/lending      SEES ground infrastructure)
module(applications/fraud        SEES ground infrastructure)
module(applications/aml          SEES ground infrastructure)

# governance: reads the evidence, grants the permits; never sees an application
module(governance/incidents     SEES ground infrastructure)
module(governance/inventory     SEES ground infrastructure governance/incidents)
module(governance/permits       SEES ground infrastructure governance/incidents)
module(governance/drift         SEES ground infrastructure governance/incidents)
module(governance/fairness      SEES ground infrastructure governance/incidents)
module(governance/promotion     SEES ground infrastructure governance/incidents)
module(governance/audit         SEES ground infrastructure governance/incidents)
module(governance/heatmap       SEES ground infrastructure governance/incidents)
module(governance/today         SEES ground infrastructure governance/incidents governance/permits governance/audit)

# doors: they see verbs, not the bank behind them
module(doors/http          SEES ground/base     USES OpenSSL::SSL)
module(doors/cli           SEES ground/base)

# the only place that knows everything
module(bank                SEES ground infrastructure applications governance doors)
