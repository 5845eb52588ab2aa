#include "infrastructure/channel/connection.h"
