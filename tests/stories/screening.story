# A name against a list: found in another spelling and script, dismissed once and not raised again, confirmed by two, screened again when the list changes.
$ printf 'id,name,kind,aliases,born,countries,programme\n1,"Malkevich, Alexander Aleksandrovich",person,,1975-06-14,Russia,CYBER2\n2,邓小明,person,Teng Hsiao-ming,,China,X\n3,First Zarvani Bank Corp,organisation,,,Iran,X\n' > one.csv; sed 's/CYBER2/CYBER3/' one.csv > two.csv; printf 'party,name,kind,born,country\nc1,Malkevitch Aleksandr Aleksandrovich,person,,\nc2,Anna Meyer,person,1990-01-01,DE\n' > parties.csv

$ puhui aml screen "Anna Meyer"
  puhui aml screen: unavailable
    lists: there is no list to hold a name against; 'aml lists import' brings one
? 7

$ printf 'id,name\n1,!!!\n2,Good Name\n' > bad.csv; puhui aml lists import --list own --file bad.csv --format csv
  puhui aml lists import: invalid
    line 2: expected a name with a letter or a digit, has none
    --skip-bad-rows-why: 1 rows cannot be read; mend them, or say why they may be left out
  See puhui aml lists import --help
? 2

$ puhui aml lists import --list own --file one.csv --format csv --quiet
  own version 1: 3 entries, 4 names; 3 added, 0 changed, 0 removed

$ puhui aml lists import --list own --file one.csv --format csv --quiet
  own version 1, unchanged: 3 entries, 4 names; 0 added, 0 changed, 0 removed

# Before a permit the lists may be looked into; nothing is decided by it.
$ puhui aml screen "Zarvani First Bnak" | grep -v propose; puhui aml matches --json --quiet | grep -o '"matches":..'
  unjudged
    0.991401  own 3  First Zarvani Bank Corp
  "matches":[]

$ for n in maker anna bo; do puhui person add --name $n --key-file $n.key --may-approve --quiet > said; done; puhui aml screening propose --folder policies/aml_screening --author maker --out permit.json --quiet > said; for n in anna bo; do puhui permit sign --permit permit.json --person $n --key-file $n.key --quiet > said; done; puhui permit grant --file permit.json --quiet | grep use_case
    "use_case": "aml.screening/lists",

$ puhui aml screen "Малкевич Александр Александрович" --party c1 --kind person
  refer
    The name resembles one on a list of sanctioned parties, so a person will look at it.
    [..]  own 1  Malkevich, Alexander Aleksandrovich

$ puhui aml screen "Alexander Aleksandrovich Malkevich" --born 1975-06-14
  block
    The name and the day of birth are those of a party on a list of sanctioned parties.
    [..]  own 1  Malkevich, Alexander Aleksandrovich

$ puhui aml screen "Bank Corp"
  approve

$ puhui aml screen "Deng Xiaoming"
  refer
    The name resembles one on a list of sanctioned parties, so a person will look at it.
    [..]  own 2  邓小明

$ M=$(puhui aml matches --json --quiet | grep -o '"match":"[^"]*"' | head -1 | cut -d'"' -f4); puhui aml match show $M; puhui aml match decide $M --verdict different --why "born elsewhere" | head -1
  open: Deng Xiaoming  ~  邓小明 (own 2), [..]
    Deng  ~  邓  (romanised)
    Xiaoming  ~  小明  (joined)
  different: Deng Xiaoming  ~  邓小明 (own 2), [..]

$ puhui aml screen "Deng Xiaoming"
  approve
    [..]  own 2  邓小明  (dismissed by cli)

$ M=$(puhui aml matches --party c1 --json --quiet | grep -o '"match":"[^"]*"' | head -1 | cut -d'"' -f4); puhui aml match decide $M --verdict same --why passport | head -1; puhui aml match confirm $M
  proposed: Малкевич Александр Александрович  ~  Malkevich, Alexander Aleksandrovich (own 1), [..]
  puhui aml match confirm: forbidden
    --match: you proposed this verdict: another person confirms it
? 4

$ puhui aml parties import --file parties.csv --quiet; puhui aml rescreen --quiet; puhui aml rescreen --quiet
  2 parties: 2 added, 0 changed, 0 as before
  2 parties screened (2 changed) against what changed of the lists (3 entries): 1 new possible matches of 1 parties, 0 known, 0 dismissed before
  0 parties screened (0 changed) against what changed of the lists (0 entries): 0 new possible matches of 0 parties, 0 known, 0 dismissed before

$ puhui aml lists import --list own --file two.csv --format csv --quiet; puhui aml rescreen --quiet; puhui aml lists show
  own version 2: 3 entries, 4 names; 0 added, 1 changed, 0 removed
  2 parties screened (0 changed) against what changed of the lists (1 entries): 1 new possible matches of 1 parties, 0 known, 0 dismissed before
  own version 2 (in use): 3 entries, by cli at [..]
  own version 1: 3 entries, by cli at [..]

$ puhui evidence verify --quiet
  The chain is whole: [..] records, 0 of them with facts erased by retention.
