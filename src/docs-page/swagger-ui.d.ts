/** What the page uses of Swagger UI, and reads of the document. */

interface SwaggerAnswer {
  url: string
  status: number
  body?: object
}

interface SwaggerUi {
  authActions: {
    authorize(schemes: Record<string, object>): void
    logout(schemes: string[]): void
  }
}

interface OpenApiOperation {
  security: object[]
  parameters?: { in: string; required?: boolean; schema: { example?: unknown } }[]
}

interface OpenApi {
  servers: { url: string }[]
  components: { securitySchemes: Record<string, object> }
  paths: Record<string, Record<string, OpenApiOperation>>
}

declare function SwaggerUIBundle(options: object): SwaggerUi
