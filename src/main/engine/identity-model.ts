import { create, toBinary } from '@bufbuild/protobuf'
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf'

/** ONNX model of one node: y = x, float32 of any shape. Copies tensors between the host and a device. */
export function identityModel(): Uint8Array {
  const tensor = (name: string) =>
    create(ValueInfoProtoSchema, {
      name,
      type: create(TypeProtoSchema, {
        value: {
          case: 'tensorType',
          value: create(TypeProto_TensorSchema, { elemType: TensorProto_DataType.FLOAT }),
        },
      }),
    })
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'behavegpt-workbench',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
    graph: create(GraphProtoSchema, {
      name: 'identity',
      input: [tensor('x')],
      output: [tensor('y')],
      node: [create(NodeProtoSchema, { opType: 'Identity', input: ['x'], output: ['y'] })],
    }),
  })
  return toBinary(ModelProtoSchema, model)
}
