// Arrays, sentences, logs and their files, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_data 1

#include <akin/data/clean.hpp>
#include <akin/data/concatenate.hpp>
#include <akin/data/csv.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/matrix_market.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/data/npy.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/read_sequences.hpp>
#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/sequences.hpp>
#include <akin/data/split_cold.hpp>
#include <akin/data/split_folds.hpp>
#include <akin/data/split_sequences.hpp>
#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/data/time_decay.hpp>
#include <akin/data/time_format.hpp>
#include <akin/data/weighting.hpp>
#include <akin/data/write_interactions.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/text.hpp>
