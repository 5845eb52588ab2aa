#include "doors/cli/cli.h"
