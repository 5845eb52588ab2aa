# Two houses find each other, agree on one job file, sign it, and train: everything that people do, and what is refused.
# Before anything: nothing is there, and the answers say so.
$ puhui federation self --store lender --quiet
  puhui federation self: not_found
    this house is no party yet: run 'puhui federation init --name NAME --key-file FILE'
? 3

$ for verb in partners jobs status models leakage; do puhui federation $verb --store lender --quiet; done
  no partner is pinned yet: 'puhui federation accept'
  no jobs
  no job runs or was stopped; 'puhui federation jobs' lists all
  no federated models
    nothing beyond results was told to anybody

$ puhui federation transcript 0123abcd --verify --store lender --quiet
  puhui federation transcript: not_found
    --job: no job '0123abcd' is known here; name its file, its hash (8 digits or more) or its name
? 3

$ puhui federation job 0123abcd --store lender --quiet
  puhui federation job: not_found
    --hash: no job '0123abcd' is known here; name its file, its hash (8 digits or more) or its name
? 3

# A house is one party, for good.
$ puhui federation init --name 'The Lender' --address nowhere --key-file lender.key --store lender --quiet
  puhui federation init: invalid
    name: party: expected a name of 1 to 64 lower-case letters, digits, '-' and '_', came "The Lender"
    --address: expected host:port, came 'nowhere'
  See puhui federation init --help
? 2

$ puhui federation init --name lender --key-file lender.key --store lender --quiet
  this house is 'lender', which listens nowhere
    fingerprint [..]
    certificate until [..]

$ puhui federation init --name lender --key-file other.key --store lender --quiet
  puhui federation init: conflict
    --name: this house is 'lender' already, with fingerprint [..], which partners may have pinned; 'puhui federation invite' writes its invitation
? 5

$ puhui federation init --name registry --address 127.0.0.1:1 --key-file registry.key --store registry --quiet
  this house is 'registry', listening at [..]
    fingerprint [..]
    certificate until [..]

# A partner is pinned with the fingerprint that was read out, and with no other.
$ puhui federation invite --out lender.invitation --store lender --json --quiet > lender.json; puhui federation invite --out registry.invitation --store registry --quiet
  invitation of 'registry' written; send the file, and read its fingerprint out by voice:
    [..]

$ puhui federation prepare --template policies/federation/invoices.json --out job.json --store lender --quiet
  puhui federation prepare: not_found
    parties/registry: is neither this house ('lender') nor a partner; 'federation accept' makes it one
? 3

$ puhui federation accept --invitation registry.invitation --fingerprint 00 --store lender --quiet
  puhui federation accept: invalid
    --fingerprint: the certificate's is [..], given was '00': somebody may have changed the invitation on its way; ask for a new one, and compare by voice
  See puhui federation accept --help
? 2

$ puhui federation accept --invitation lender.invitation --fingerprint $(grep -o '[0-9a-f]\{64\}' lender.invitation) --store lender --quiet
  puhui federation accept: invalid
    invitation/name: 'lender' is this house's own name; partners have names of their own
  See puhui federation accept --help
? 2

$ puhui federation accept --invitation registry.invitation --fingerprint $(grep -o '[0-9a-f]\{64\}' registry.invitation) --store lender --quiet
  registry at [..]
    fingerprint [..], pinned by cli [..]
    no job with it yet

$ puhui federation accept --invitation lender.invitation --fingerprint $(grep -o '[0-9a-f]\{64\}' lender.invitation) --store registry --quiet | head -1
  lender

$ puhui federation partners --store lender --quiet
  registry at [..]
    fingerprint [..], pinned by cli [..]
    no job with it yet

# One file for both. Nobody signed it yet.
$ puhui federation prepare --template policies/federation/invoices.json --out job.json --store lender --quiet
  job file written, hash [..]; all parties sign that very file

$ puhui federation simulate --firms 3000 --seed 1 --out . --quiet
  made up ./lender.csv and ./registry.csv

$ puhui federation run --job job.json --data lender.csv --store lender --quiet
  puhui federation run: not_found
    job.json: nobody signed this file here (its hash is [..]); 'puhui federation approve' it first
? 3

# A maker and a checker, two people; the clerk may sign nothing as a checker.
$ for who in wang li; do puhui person add --name $who --key-file $who.key --may-approve --store lender > /dev/null; done; puhui person add --name chen --key-file chen.key --store lender > /dev/null

$ puhui federation approve --job job.json --person wang --key-file wang.key --store lender --quiet
  job 'invoices', proposed
    hash [..]
    vertical_boosting of lender, registry; this house is lender
    signed by wang (maker); it runs once a checker signed it too: 'puhui federation approve'

$ puhui federation run --job job.json --data lender.csv --store lender --quiet
  puhui federation run: forbidden
    --job: only its maker 'wang' signed it here; a checker must too, with 'puhui federation approve'
? 4

$ puhui federation approve --job job.json --person wang --key-file wang.key --store lender --quiet
  puhui federation approve: conflict
    --person: 'wang' signed it already; another person's signature is needed
? 5

$ puhui federation approve --job job.json --person chen --key-file chen.key --store lender --quiet
  puhui federation approve: forbidden
    --person: 'chen' may not approve; the second signature is the checker's
? 4

$ puhui federation approve --job job.json --person li --key-file wang.key --store lender --quiet
  puhui federation approve: forbidden
    --key-file: 'wang.key' is not the key of 'li'; everybody signs with one's own
? 4

$ puhui federation approve --job job.json --person zhao --key-file wang.key --store lender --quiet
  puhui federation approve: forbidden
    --person: 'zhao' has no signing key here; 'puhui person add' first
? 4

$ puhui federation approve --job job.json --person li --key-file li.key --store lender --quiet
  job 'invoices', approved
    hash [..]
    vertical_boosting of lender, registry; this house is lender
    signed by wang (maker) and li (checker)

$ puhui federation approve --job job.json --person chen --key-file chen.key --store lender --quiet
  puhui federation approve: conflict
    --job: it is approved: two people signed it, no signature is missing
? 5

# A byte of the file changed: nobody signed that.
$ sed 's/"trees": 30/"trees": 31/' job.json > changed.json; puhui federation run --job changed.json --data lender.csv --store lender --quiet
  puhui federation run: not_found
    changed.json: nobody signed this file here (its hash is [..], the 'invoices' that is known here has [..]: was the file changed since); 'puhui federation approve' it first
? 3

# Keys that are too short, and a field that is none, are refused before anybody signs; a near name is offered.
$ sed 's/2048/1024/; s/"trees"/"treees"/' job.json > wrong.json; puhui federation approve --job wrong.json --person wang --key-file wang.key --store lender --quiet
  puhui federation approve: invalid
    wrong.json: boosting/treees: is not a known field; did you mean 'trees'?
    wrong.json: cipher/key_bits: expected 2048, 3072 or 4096: shorter keys are not safe, came 1024
  See puhui federation approve --help
? 2

# Data that do not fit the job, all faults at once.
$ sed '1s/overdrafts/overdraft/; 1s/firm/firms/' lender.csv > near.csv; puhui federation run --job job.json --data near.csv --store lender --quiet
  puhui federation run: invalid
    near.csv: firm: no such column in the header; did you mean 'firms'?
    near.csv: overdrafts: no such column in the header; did you mean 'overdraft'?
  See puhui federation run --help
? 2

$ (cat lender.csv; sed -n 2,4p lender.csv) > repeated.csv; puhui federation run --job job.json --data repeated.csv --store lender --quiet
  puhui federation run: invalid
    repeated.csv: line 2398: the id '911590892000000000' stands on line 2 already; keep one of them, or let the job keep the first (intersection.duplicates)
    repeated.csv: line 2399: the id '912251699000000002' stands on line 3 already; keep one of them, or let the job keep the first (intersection.duplicates)
    repeated.csv: line 2400: the id '916469393000000003' stands on line 4 already; keep one of them, or let the job keep the first (intersection.duplicates)
  See puhui federation run --help
? 2

$ puhui federation run --job job.json --data nowhere.csv --store lender --quiet
  puhui federation run: not_found
    nowhere.csv: could not be opened: No such file or directory
? 3

$ puhui federation resume invoices --store lender --quiet
  puhui federation resume: not_found
    --job: 'invoices' has no data here yet: 'puhui federation run' or 'offer' it with --data
? 3

$ puhui federation stop invoices --store lender --quiet
  puhui federation stop: conflict
    --job: 'invoices' does not run
? 5

# What a person reads before it runs.
$ puhui federation job invoices --store lender --quiet
  job 'invoices', approved
    hash [..]
    vertical_boosting of lender, registry; this house is lender
    signed by wang (maker) and li (checker)
    - Boosted trees are trained over columns of several parties about the same rows.
    - 'lender' is guest and brings 6 columns; its certificate is [..]….
    - 'registry' is host and brings 6 columns; its certificate is [..]….
    - 'defaulted' is what is learnt.
    - Common ids of 'firm' are found by ECDH after trim, digits; fewer than 1,000 end the job.
    - Ids that stand twice are refused.
    - 30 rounds of trees, 3 deep, 32 bins, learning rate 0.3; at least 1 rows in a leaf.
    - Hosts' columns go by numbers they draw.
    - Numbers are hidden by okamoto_uchiyama with keys of 2,048 bits.
    - A party that goes is waited for 600 seconds.
    it did not run here yet

$ puhui federation transcript invoices --verify --store lender --quiet
  no entries: the job did not run here
  the chain is whole: 0 entries, head [..]

$ puhui federation reject invoices --why 'The registry asked for other columns.' --store lender --quiet
  job 'invoices', rejected: The registry asked for other columns.
    hash [..]
    vertical_boosting of lender, registry; this house is lender
    signed by wang (maker) and li (checker)

$ puhui federation run --job job.json --data lender.csv --store lender --quiet
  puhui federation run: forbidden
    --job: 'invoices' was rejected here: The registry asked for other columns.
? 4
